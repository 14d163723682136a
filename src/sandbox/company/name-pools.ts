/** First and last names by language, as people write them; a "|" gives the Latin spelling for an e-mail address. */

export interface NamePool {
  readonly first: readonly string[];
  readonly last: readonly string[];
}

const list = (names: string): readonly string[] => names.split(",").map((name) => name.trim());

export const NAME_POOLS = {
  english: {
    first: list(
      "Olivia, James, Emma, Noah, Ava, Liam, Sophia, Mason, Grace, Ethan, Chloe, Lucas, Hannah, Owen, Zoe, Caleb, Megan, Dylan, Ruth, Isaac, Nora, Wesley, Tara, Jordan",
    ),
    last: list(
      "Smith, Johnson, O'Brien, Williams, D'Angelo, Taylor, Brown, McCarthy, Wilson, Clark, O'Connor, Walker, Hughes, Bennett, Reed, Foster, Price, Barnes, Hayes, Sullivan, Doyle, Grant, Marsh, Pruitt",
    ),
  },
  german: {
    first: list(
      "Jürgen, Anna, Lukas, Käthe, Jonas, Lena, Björn, Sabine, Felix, Jörg, Miriam, Stefan, Ursula, Tobias, Heike, Günther",
    ),
    last: list(
      "Müller, Schmidt, Schäfer, Weber, Groß, Köhler, Wagner, Böhm, Fuchs, Krüger, Vogel, Strauß, Hofmann, von Bülow, Lang, Özdemir",
    ),
  },
  french: {
    first: list("Élodie, Luc, Chloé, Hervé, Manon, François, Noémie, Théo, Zoé, Jean-Marc, Inès, Gaël"),
    last: list("Lefèvre, Dubois, L'Hermite, Moreau, Besançon, Girard, Gauthier, Le Gall, Rousseau, Benoît, Perrin"),
  },
  italian: {
    first: list("Giulia, Marco, Nicolò, Chiara, Luca, Alessia, Niccolò, Elena, Paolo, Martina"),
    last: list("Rossi, Bianchi, D'Amico, Esposito, De Luca, Ferrari, Conti, Dell'Acqua, Greco, Marini"),
  },
  spanish: {
    first: list("Lucía, José, María, Íñigo, Ángel, Sofía, Martín, Inés, Andrés, Begoña"),
    last: list("García, Núñez, Pérez, López, Ibáñez, Muñoz, Domínguez, Sáenz, Castaño, Vidal"),
  },
  portuguese: {
    first: list("João, Inês, Gonçalo, Beatriz, Antônio, Luísa, Mateus, Conceição, Rafael, Júlia"),
    last: list("Gonçalves, Silva, Araújo, Souza, Brandão, Magalhães, Ribeiro, Simões, Teixeira"),
  },
  nordic: {
    first: list("Åsa, Søren, Bjørn, Linnéa, Øyvind, Freja, Mikkel, Sigrún, Aino, Jukka"),
    last: list("Ångström, Sørensen, Lindqvist, Bjørnstad, Mäkinen, Østergaard, Virtanen, Þórsdóttir, Holm, Öberg"),
  },
  polish: {
    first: list("Łukasz, Zofia, Paweł, Małgorzata, Kacper, Agnieszka, Mikołaj, Jadwiga"),
    last: list("Wójcik, Kowalska, Dąbrowski, Łuczak, Zając, Gołębiewska, Wiśniewski, Krawczyk"),
  },
  turkish: {
    first: list("Ayşe, Emre, Çağla, İbrahim, Gülşen, Ömer, Şebnem, Kerem"),
    last: list("Yılmaz, Çelik, Öztürk, Şahin, Kılıç, Aydın, Doğan, Güneş"),
  },
  arabic: {
    first: list("Layla, Omar, Noura, Khalid, Salma, Tariq, Huda, Youssef"),
    last: list("Al-Mansouri, El Amrani, Haddad, Ben Salah, Al Falasi, Khoury, Bouazizi"),
  },
  japanese: {
    first: list("花子|hanako, 健太|kenta, さくら|sakura, 大輔|daisuke, 美咲|misaki, 翔|sho"),
    last: list("佐藤|sato, 鈴木|suzuki, 高橋|takahashi, 田中|tanaka, 渡辺|watanabe, 山本|yamamoto"),
  },
  chinese: {
    first: list("伟|wei, 芳|fang, 娜|na, 秀英|xiuying, 敏|min, 静|jing"),
    last: list("王|wang, 李|li, 张|zhang, 刘|liu, 陈|chen, 杨|yang"),
  },
} as const satisfies Readonly<Record<string, NamePool>>;

export type Language = keyof typeof NAME_POOLS;

/** The name as it is shown: what stands before the "|". */
export function shownName(entry: string): string {
  return entry.split("|")[0] ?? entry;
}

const letters: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  æ: "ae",
  ł: "l",
  ı: "i",
  þ: "th",
  ð: "d",
  đ: "d",
};

/** The name in plain lower-case letters, for an e-mail address. */
export function latinName(entry: string): string {
  const spelling = entry.split("|").at(-1) ?? entry;
  return [...spelling.toLowerCase().normalize("NFD")]
    .map((letter) => letters[letter] ?? letter)
    .join("")
    .replace(/[^a-z-]/g, "");
}
