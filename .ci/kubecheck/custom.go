package main

import meta "k8s.io/apimachinery/pkg/apis/meta/v1"

// externalSecret has the fields of External Secrets Operator's object that the chart may use. The operator's
// own module is some hundred others.
type externalSecret struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		RefreshInterval meta.Duration `json:"refreshInterval"`
		SecretStoreRef  struct {
			Kind string `json:"kind"`
			Name string `json:"name"`
		} `json:"secretStoreRef"`
		Target struct {
			Name string `json:"name"`
		} `json:"target"`
		DataFrom []struct {
			Extract remoteRef `json:"extract"`
		} `json:"dataFrom"`
		Data []struct {
			SecretKey string    `json:"secretKey"`
			RemoteRef remoteRef `json:"remoteRef"`
		} `json:"data"`
	} `json:"spec"`
}

type remoteRef struct {
	Key      string `json:"key"`
	Property string `json:"property"`
	Version  string `json:"version"`
}

// podMonitor has the fields of the Prometheus Operator's object that the chart uses.
type podMonitor struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		Selector            meta.LabelSelector `json:"selector"`
		PodMetricsEndpoints []struct {
			Port     string        `json:"port"`
			Path     string        `json:"path"`
			Interval meta.Duration `json:"interval"`
		} `json:"podMetricsEndpoints"`
	} `json:"spec"`
}
