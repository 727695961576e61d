{{- /* The name of all objects; with that of a group and "-backup" it has 52 characters, the most that a CronJob may have. */ -}}
{{- define "fincrawl.name" -}}
{{- $name := .Release.Name -}}
{{- if not (contains "fincrawl" $name) }}{{ $name = printf "%s-fincrawl" $name }}{{ end -}}
{{- $name | trunc 24 | trimSuffix "-" -}}
{{- end -}}

{{- define "fincrawl.secret" -}}
{{ .Values.secret.name | default (include "fincrawl.name" .) }}
{{- end -}}

{{- define "fincrawl.selector" -}}
app.kubernetes.io/name: fincrawl
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "fincrawl.labels" -}}
{{ include "fincrawl.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- /* What a group has, and the defaults where it says nothing: of (dict "root" $ "name" NAME). */ -}}
{{- define "fincrawl.group" -}}
{{- $v := .root.Values -}}
{{- if not (hasKey $v.groups .name) }}{{ fail (printf "job.group: there is no group %q in groups" .name) }}{{ end -}}
{{- $group := get $v.groups .name -}}
{{- $defaults := dict "run" "cron" "args" list "suspend" false "storage" $v.storage "resources" $v.resources "secret" $v.secret.name "metrics" $v.metrics "browser" $v.browser -}}
{{- $group = mergeOverwrite (deepCopy $defaults) (deepCopy $group) -}}
{{- if and $group.browser.enabled $group.config (not (contains "127.0.0.1:9222" $group.config)) -}}
{{- fail (printf "groups.%s: browser is enabled, but config has no browser: {remote: \"ws://127.0.0.1:9222\"}" .name) -}}
{{- end -}}
{{- if and (eq $group.run "cron") (not $group.schedule) }}{{ fail (printf "groups.%s: set schedule, such as \"17 3 * * *\", or run: serve" .name) }}{{ end -}}
{{- if and $group.storage.existingClaim (gt (len $v.groups) 1) (eq $group.storage.existingClaim $v.storage.existingClaim) -}}
{{- fail "storage.existingClaim is for one group; set groups.NAME.storage.existingClaim, since each group has a state file of its own" -}}
{{- end -}}
{{- toYaml $group -}}
{{- end -}}

{{- /* Nine tenths of the memory are for the heap, as far as the limit is in Mi or Gi. */ -}}
{{- define "fincrawl.memory" -}}
{{- $limit := .resources.limits.memory -}}
{{- $mi := trimSuffix "Mi" $limit | int -}}
{{- if hasSuffix "Gi" $limit }}{{ $mi = mul 1024 (trimSuffix "Gi" $limit | int) }}{{ end -}}
{{- sub $mi 112 -}}MiB
{{- end -}}

{{- /* The spec of a pod: of (dict "root" $ "name" NAME "group" GROUP "args" ARGS), with "decisions", "backup", "ports", "probes" and "near". */ -}}
{{- define "fincrawl.pod" -}}
{{- $v := .root.Values -}}
{{- $full := printf "%s-%s" (include "fincrawl.name" .root) .name -}}
restartPolicy: {{ .restart | default "Never" }}
terminationGracePeriodSeconds: 60
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with $v.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $v.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $v.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .near }}
affinity: # the volume is on the node where serve is
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels: {{- include "fincrawl.selector" .root | nindent 12 }}
            fincrawl/group: {{ .name }}
            fincrawl/run: serve
{{- else }}{{- with $v.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}{{- end }}
{{- if and .group.browser.enabled .crawls }}
initContainers:
  - name: browser
    image: {{ .group.browser.image }}
    args: [--force-webrtc-ip-handling-policy=disable_non_proxied_udp]
    restartPolicy: Always # a sidecar, which ends with the job
    resources: {{- toYaml .group.browser.resources | nindent 6 }}
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: {drop: [ALL]}
{{- end }}
containers:
  - name: fincrawl
    {{- if $v.image.digest }}
    image: "{{ $v.image.repository }}@{{ $v.image.digest }}"
    {{- else }}
    image: "{{ $v.image.repository }}:{{ $v.image.tag | default .root.Chart.AppVersion }}"
    {{- end }}
    imagePullPolicy: {{ $v.image.pullPolicy }}
    args: {{- toYaml .args | nindent 6 }}
    envFrom:
      - secretRef: {name: {{ .group.secret | default (include "fincrawl.secret" .root) }}}
    env:
      - {name: GOMEMLIMIT, value: {{ include "fincrawl.memory" .group }}}
      {{- if or $v.ca.configMap $v.ca.secret }}
      - {name: SSL_CERT_DIR, value: /etc/fincrawl-ca}
      {{- end }}
      {{- with $v.proxy.https }}
      - {name: HTTPS_PROXY, value: {{ quote . }}}
      {{- end }}
      {{- with $v.proxy.http }}
      - {name: HTTP_PROXY, value: {{ quote . }}}
      {{- end }}
      {{- with $v.proxy.except }}
      - {name: NO_PROXY, value: {{ quote . }}}
      {{- end }}
      {{- if .backup }}
      - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
      {{- end }}
      {{- range $name, $value := $v.env }}
      - {name: {{ $name }}, value: {{ quote $value }}}
      {{- end }}
    {{- with .ports }}
    ports:
      {{- range $name, $port := . }}
      - {name: {{ $name }}, containerPort: {{ $port }}}
      {{- end }}
    {{- end }}
    {{- if .probes }}
    readinessProbe: {httpGet: {path: /readyz, port: pages}}
    livenessProbe: {httpGet: {path: /healthz, port: pages}, periodSeconds: 30, failureThreshold: 5}
    {{- end }}
    resources: {{- toYaml .group.resources | nindent 6 }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}
    volumeMounts:
      - {name: state, mountPath: /data}
      - {name: sources, mountPath: /etc/fincrawl, readOnly: true}
      - {name: tmp, mountPath: /tmp}
      {{- if .decisions }}
      - {name: decisions, mountPath: /decisions, readOnly: true}
      {{- end }}
      {{- if .backup }}
      - {name: backup, mountPath: /backup}
      {{- end }}
      {{- if or $v.ca.configMap $v.ca.secret }}
      - {name: ca, mountPath: /etc/fincrawl-ca, readOnly: true}
      {{- end }}
volumes:
  - name: state
    persistentVolumeClaim: {claimName: {{ .group.storage.existingClaim | default $full }}}
  - name: sources
    configMap: {name: {{ .group.existingConfigMap | default $full }}}
  - name: tmp
    emptyDir: {sizeLimit: 1Gi}
  {{- if .decisions }}
  - name: decisions
    secret: {secretName: {{ .decisions }}}
  {{- end }}
  {{- if .backup }}
  - name: backup
    persistentVolumeClaim: {claimName: {{ $v.backup.existingClaim | default (printf "%s-backup" (include "fincrawl.name" .root)) }}}
  {{- end }}
  {{- if $v.ca.configMap }}
  - name: ca
    configMap: {name: {{ $v.ca.configMap }}}
  {{- else if $v.ca.secret }}
  - name: ca
    secret: {secretName: {{ $v.ca.secret }}}
  {{- end }}
{{- end -}}

{{- /* How Jobs end and what is tried again; .seconds is their deadline, .retries how often. */ -}}
{{- define "fincrawl.ends" -}}
activeDeadlineSeconds: {{ .seconds }}
backoffLimit: {{ .retries }}
# Exit codes 1 and 6 are tried again; 2, 3 and 4 want a person first; a pod that the cluster moved does not count.
podFailurePolicy:
  rules:
    - action: FailJob
      onExitCodes: {containerName: fincrawl, operator: In, values: [2, 3, 4]}
    - action: Ignore
      onPodConditions: [{type: DisruptionTarget}]
{{- end -}}

{{- /* Labels and annotations of a pod of a group; .run is what it does. */ -}}
{{- define "fincrawl.podMetadata" -}}
labels: {{- include "fincrawl.selector" .root | nindent 2 }}
  fincrawl/group: {{ .name }}
  fincrawl/run: {{ .run }}
{{- with .root.Values.podAnnotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* What backs up the state file of a group: each pod has a name of its own, and so has each copy. */ -}}
{{- define "fincrawl.backupArgs" -}}
- state
- backup
- --config=/etc/fincrawl/sources.yaml
- /backup/$(POD_NAME).db
{{- end -}}
