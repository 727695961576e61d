package choose

// announcementsAbroad are [announcements] in other languages than English.
//
//nolint:misspell // they are no English
func announcementsAbroad() []announced {
	return []announced{
		{aside, []string{
			"verwandte artikel", "verwandte beiträge", "verwandte themen", "ähnliche artikel", "ähnliche beiträge", "ähnliche themen", "weitere artikel", "weitere beiträge", "mehr zum thema", "das könnte sie auch interessieren", "das könnte dich auch interessieren", "neueste beiträge", "beliebte artikel", "inhaltsverzeichnis", "auf dieser seite", "in diesem artikel", "zugehörige artikel", "lesen sie auch", "auch interessant",
			"articles similaires", "articles connexes", "articles associés", "articles liés", "articles récents", "articles populaires", "à lire aussi", "lire aussi", "à lire également", "sur le même sujet", "voir aussi nos articles", "vous aimerez aussi", "dans cet article", "sur cette page", "sommaire", "table des matières",
			"artículos relacionados", "entradas relacionadas", "contenido relacionado", "noticias relacionadas", "temas relacionados", "artículos recientes", "entradas recientes", "lo más leído", "también te puede interesar", "te puede interesar", "lee también", "en este artículo", "en esta página", "tabla de contenidos", "índice de contenidos",
			"articoli correlati", "articoli simili", "articoli recenti", "potrebbe interessarti", "ti potrebbe interessare", "leggi anche", "in questo articolo", "in questa pagina", "indice dei contenuti",
			"artigos relacionados", "posts relacionados", "conteúdo relacionado", "notícias relacionadas", "artigos recentes", "leia também", "leia mais", "você também pode gostar", "neste artigo", "nesta página", "índice do artigo",
			"gerelateerde artikelen", "gerelateerde berichten", "verwante artikelen", "lees ook", "meer artikelen", "recente berichten", "in dit artikel", "op deze pagina", "inhoudsopgave",
			"powiązane artykuły", "podobne artykuły", "podobne wpisy", "powiązane wpisy", "najnowsze wpisy", "czytaj także", "czytaj też", "przeczytaj również", "w tym artykule", "na tej stronie", "spis treści",
			"relaterade artiklar", "relaterte artikler", "relaterede artikler", "läs också", "les også", "læs også", "liittyvät artikkelit", "lue myös",
			"související články", "podobné články", "súvisiace články", "kapcsolódó cikkek", "articole similare", "articole conexe", "σχετικά άρθρα", "ilgili makaleler", "ilgili yazılar", "bài viết liên quan", "artikel terkait", "artikel sejenis", "baca juga",
			"похожие статьи", "похожие записи", "связанные статьи", "статьи по теме", "читайте также", "содержание статьи", "схожі статті", "пов'язані статті", "читайте також", "свързани статии",
			"関連記事", "関連コンテンツ", "関連リンク", "おすすめ記事", "人気記事", "最新記事", "この記事の目次", "相关文章", "相关阅读", "相关推荐", "推荐阅读", "热门文章", "最新文章", "相關文章", "延伸閱讀", "推薦閱讀", "관련 글", "관련 문서", "관련 기사", "추천 글", "مقالات ذات صلة", "مواضيع ذات صلة", "اقرأ أيضا", "מאמרים קשורים", "บทความที่เกี่ยวข้อง",
		}},
		{person, []string{
			"über den autor", "über die autorin", "über den verfasser", "à propos de l'auteur", "à propos de l’auteur", "à propos de l'autrice", "sobre el autor", "sobre la autora", "acerca del autor", "l'autore", "informazioni sull'autore", "sull'autore", "sobre o autor", "sobre a autora", "over de auteur", "o autorze", "o autorce", "om författaren", "om forfatteren", "tietoa kirjoittajasta", "o autorovi", "a szerzőről", "despre autor", "yazar hakkında", "tentang penulis", "об авторе", "про автора", "この記事を書いた人", "著者について", "关于作者", "關於作者", "저자 소개", "عن الكاتب",
		}},
		{appeal, []string{
			"war dieser artikel", "war dieser beitrag", "war diese seite", "haben sie fragen", "diesen artikel teilen", "artikel teilen", "beitrag teilen", "folgen sie uns", "folge uns", "newsletter abonnieren", "anzeige",
			"cet article vous a", "cette page vous a", "cet article est il utile", "avez vous trouvé", "partager cet article", "partager sur", "suivez nous", "abonnez vous à", "inscrivez vous à notre newsletter", "publicité",
			"te resultó útil", "te ha resultado útil", "fue útil", "fue útil este", "le resultó útil", "compartir este artículo", "compartir en", "síguenos", "suscríbete a", "suscríbase a", "publicidad",
			"questo articolo ti è stato", "questo articolo è stato utile", "questa pagina è stata utile", "condividi questo articolo", "condividi su", "seguici su", "iscriviti alla newsletter", "iscriviti alla nostra",
			"este artigo foi", "esta página foi", "isso foi útil", "este artigo ajudou", "compartilhe este", "compartilhar no", "siga nos", "assine a newsletter", "assine nossa", "inscreva se",
			"was dit artikel", "was deze pagina", "heeft dit artikel", "deel dit artikel", "volg ons", "schrijf je in voor", "meld je aan voor de nieuwsbrief",
			"czy ten artykuł", "czy ta strona", "udostępnij ten artykuł", "obserwuj nas", "zapisz się do newslettera", "zapisz się na newsletter", "reklama",
			"var den här artikeln", "var denne artikel", "var denne artikkelen", "oliko tästä artikkelista", "byl tento článek", "hasznos volt", "a fost util", "bu makale yardımcı oldu mu", "apakah artikel ini",
			"была ли эта статья", "помогла ли вам", "статья была полезна", "поделиться статьей", "подписывайтесь на", "この記事は役に立ちましたか", "このページは役に立ちましたか", "这篇文章对您有帮助吗", "本文是否对您有帮助", "這篇文章對您有幫助嗎", "도움이 되었습니까", "도움이 되었나요", "هل كان هذا المقال",
		}},
		{discussion, []string{
			"schreibe einen kommentar", "kommentar schreiben", "einen kommentar hinterlassen", "laisser un commentaire", "ajouter un commentaire", "deja un comentario", "deja una respuesta", "lascia un commento", "deixe um comentário", "deixe uma resposta", "laat een reactie achter", "geef een reactie", "dodaj komentarz", "zostaw komentarz", "lämna ett svar", "lämna en kommentar", "legg igjen en kommentar", "skriv et svar", "napsat komentář", "lasă un răspuns", "bir yanıt yazın", "добавить комментарий", "оставить комментарий", "コメントを残す", "コメントする", "发表评论", "發表評論", "댓글 남기기", "اترك تعليقا",
		}},
	}
}
