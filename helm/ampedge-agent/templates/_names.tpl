{{/* Name of all objects: the release's, with the chart's unless it is part of it. */}}
{{- define "ampedge-agent.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "ampedge-agent.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "ampedge-agent.labels" -}}
{{ include "ampedge-agent.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "ampedge-agent.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "ampedge-agent.name" .) -}}
{{- end -}}

{{- define "ampedge-agent.bufferType" -}}
{{- $type := .Values.buffer.type | default (ternary "hostPath" "persistentVolumeClaim" (eq .Values.kind "DaemonSet")) -}}
{{- if and (eq .Values.kind "DaemonSet") (eq $type "persistentVolumeClaim") -}}
{{- fail "buffer.type: a DaemonSet has no claims of its own (got persistentVolumeClaim, allowed: hostPath, emptyDir)" -}}
{{- end -}}
{{- if and (eq .Values.kind "StatefulSet") (eq $type "hostPath") -}}
{{- fail "buffer.type: a StatefulSet's pods move from node to node (got hostPath, allowed: persistentVolumeClaim, emptyDir)" -}}
{{- end -}}
{{- $type -}}
{{- end -}}

{{/* "true" where each agent looks after its own node. */}}
{{- define "ampedge-agent.nodeLocal" -}}
{{- if and (eq .Values.kind "DaemonSet") .Values.nodeLocal.enabled -}}true{{- end -}}
{{- end -}}

{{/* What is asked for to see a kubelet's pods; empty where no kubelet stands in. */}}
{{- define "ampedge-agent.kubeletRight" -}}
{{- if and (include "ampedge-agent.nodeLocal" .) (has "pod" (include "ampedge-agent.roles" . | fromJsonArray)) -}}
{{- $finer := semverCompare ">=1.33.0-0" .Capabilities.KubeVersion.Version -}}
{{- if and $finer (ne .Values.nodeLocal.kubelet "off") -}}nodes/pods
{{- else if eq .Values.nodeLocal.kubelet "on" -}}nodes/proxy
{{- end -}}
{{- end -}}
{{- end -}}
