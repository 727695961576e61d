import { useEffect, useState } from "react";

export default function Article({ slug, ask }) {
	const [article, setArticle] = useState(null);
	useEffect(() => {
		ask(`/api/articles/${slug}`).then((a) => { setArticle(a); document.title = a.title; });
	}, [slug]);
	if (!article) return <p>Loading…</p>;
	return <article>
		<h1>{article.title}</h1>
		<img src={`/images/${slug}.png`} alt="" />
		{article.paragraphs.map((text) => <p key={text}>{text}</p>)}
	</article>;
}
