{{/* Name of all objects: the release's, with the chart's unless it is part of it. */}}
{{- define "ampedge-proxy.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "ampedge-proxy.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "ampedge-proxy.labels" -}}
{{ include "ampedge-proxy.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "ampedge-proxy.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "ampedge-proxy.name" .) -}}
{{- end -}}

{{/* What is in proxy.yml. */}}
{{- define "ampedge-proxy.config" -}}
{{- if .Values.config -}}
{{- .Values.config -}}
{{- else -}}
listeners:
- name: network
  address: 0.0.0.0:{{ .Values.port }}
routes:
- name: workspace
  workspace: {{ required "aws.workspace: is missing (wanted: the id of a workspace, or config with a whole configuration file)" .Values.aws.workspace }}
  sigv4: {region: {{ required "aws.region: is missing (wanted: the workspace's region)" .Values.aws.region }}}
  {{- with .Values.access }}
  access: {{ . }}
  {{- end }}
{{- end -}}
{{- end -}}
