import { lazy, StrictMode, Suspense, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import "./style.css";

// A help center with history routing: its pages are this one document, its
// articles come from an API, and the view of an article is a chunk of its own.
const Article = lazy(() => import("./Article.jsx"));

const ask = async (path) => {
	const answer = await fetch(path, { headers: { authorization: `Bearer ${localStorage.getItem("token")}` } });
	if (answer.status === 401) location.assign("/login");
	if (!answer.ok) throw new Error(answer.statusText);
	return answer.json();
};

function Link({ to, go, children }) {
	return <a href={to} onClick={(e) => { e.preventDefault(); go(to); }}>{children}</a>;
}

function Home({ go }) {
	const [articles, setArticles] = useState([]);
	useEffect(() => { ask("/api/articles").then(setArticles); }, []);
	return <main><h1>All articles</h1><ul>{articles.map((a) => <li key={a.slug}><Link to={`/articles/${a.slug}`} go={go}>{a.title}</Link></li>)}</ul></main>;
}

function Login({ go }) {
	const [user, setUser] = useState("");
	const [password, setPassword] = useState("");
	const [message, setMessage] = useState("");
	const submit = async (e) => {
		e.preventDefault();
		const answer = await fetch("/api/login", { method: "POST", body: JSON.stringify({ user, password }) });
		if (!answer.ok) return setMessage("This user name and password do not match.");
		localStorage.setItem("token", (await answer.json()).token);
		go("/");
	};
	return <main><h1>Sign in</h1><form onSubmit={submit}>
		<p role="alert">{message}</p>
		<label>User name <input name="username" value={user} onChange={(e) => setUser(e.target.value)} /></label>
		<label>Password <input name="password" type="password" value={password} onChange={(e) => setPassword(e.target.value)} /></label>
		<button>Sign in</button>
	</form></main>;
}

function App() {
	const [path, setPath] = useState(location.pathname);
	const go = (to) => { history.pushState({}, "", to); setPath(to); };
	const slug = path.match(/^\/articles\/([^/]+)$/)?.[1];
	useEffect(() => { document.title = "Acme Help"; }, [path]);
	return <>
		<header><Link to="/" go={go}>Acme Help</Link>{path !== "/login" && <a className="logout" href="/logout">Sign out</a>}</header>
		<Suspense fallback={<p>Loading…</p>}>
			{path === "/login" ? <Login go={go} /> : slug ? <Article slug={slug} ask={ask} /> : <Home go={go} />}
		</Suspense>
	</>;
}

createRoot(document.getElementById("root")).render(<StrictMode><App /></StrictMode>);
