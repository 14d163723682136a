/**
 * A plugin of osls. With SOURCE_DATE_EPOCH (seconds, https://reproducible-builds.org/specs/source-date-epoch/) the package is named after that moment
 * instead of the present, so that two packages of one commit are the same bytes. Without it, each deployment has a name of its own, which a rollback needs.
 */
class ReproduciblePackage {
  constructor(serverless) {
    const epoch = Number(process.env.SOURCE_DATE_EPOCH);
    if (!(epoch > 0)) return;
    const stamp = (name) => name.replace(/\d+-[^/]+$/, `${epoch * 1000}-${new Date(epoch * 1000).toISOString()}`);
    // Named before functions are compiled, and again before layers are.
    const rename = () => {
      const { package: packaged } = serverless.service;
      if (packaged.artifactDirectoryName) packaged.artifactDirectoryName = stamp(packaged.artifactDirectoryName);
    };
    this.hooks = { "before:package:compileFunctions": rename, "before:package:compileLayers": rename };
  }
}

module.exports = ReproduciblePackage;
