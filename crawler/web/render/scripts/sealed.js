// Takes from a page what speaks past the requests that are handed to fincrawl. A browser of our own is told so by its
// arguments as well; one that runs elsewhere only has this.
(() => {
	for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCIceTransport", "WebTransport"]) {
		try {
			Object.defineProperty(window, name, { value: undefined, writable: false, configurable: false, enumerable: false });
		} catch {
			delete window[name];
		}
	}
})()
