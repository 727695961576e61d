// Package office reads the documents of office programs, and books, all of which are archives of XML:
//
//	Word          .docx  [ReadWord]
//	Excel         .xlsx  [ReadSheets]
//	PowerPoint    .pptx  [ReadSlides]
//	OpenDocument  .odt   [ReadOpenDocument]
//	EPUB          .epub  [ReadBook]
//
// One [archive] bounds what all of them unpack and parse.
package office
