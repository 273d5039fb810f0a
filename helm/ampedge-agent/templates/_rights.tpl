{{/* The kubernetes_sd_configs of this cluster, as JSON: those with a way in of their own bring their own rights. */}}
{{- define "ampedge-agent.entries" -}}
{{- $config := fromYaml .Values.config -}}
{{- if hasKey $config "Error" -}}
{{- fail (printf "config: is no YAML (%s)" $config.Error) -}}
{{- end -}}
{{- $entries := list -}}
{{- range $job := $config.scrape_configs -}}
{{- range $entry := $job.kubernetes_sd_configs -}}
{{- if not (or $entry.api_server $entry.kubeconfig_file) -}}
{{- $entries = append $entries $entry -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $entries -}}
{{- end -}}

{{- define "ampedge-agent.roles" -}}
{{- $roles := list -}}
{{- range $entry := include "ampedge-agent.entries" . | fromJsonArray -}}
{{- $roles = append $roles $entry.role -}}
{{- end -}}
{{- toJson (uniq $roles) -}}
{{- end -}}

{{/* What must be listed and watched, as a JSON list of "namespace|group|resource"; no namespace: everywhere. */}}
{{- define "ampedge-agent.rights" -}}
{{- $release := .Release.Namespace -}}
{{- $rights := list -}}
{{- range $entry := include "ampedge-agent.entries" . | fromJsonArray -}}
{{- $attach := $entry.attach_metadata | default dict -}}
{{- $role := $entry.role -}}
{{- $hasPods := has $role (list "pod" "endpoints" "endpointslice") -}}
{{- $namespaced := list -}}
{{- if eq $role "node" -}}
{{- $rights = append $rights "||nodes" -}}
{{- else if eq $role "pod" -}}
{{- $namespaced = list "|pods" -}}
{{- else if eq $role "service" -}}
{{- $namespaced = list "|services" -}}
{{- else if eq $role "endpoints" -}}
{{- $namespaced = list "|endpoints" "|services" "|pods" -}}
{{- else if eq $role "endpointslice" -}}
{{- $namespaced = list "discovery.k8s.io|endpointslices" "|services" "|pods" -}}
{{- else if eq $role "ingress" -}}
{{- $namespaced = list "networking.k8s.io|ingresses" -}}
{{- else -}}
{{- fail (printf "config: kubernetes_sd_configs has a role that is none (got '%v', allowed: node, pod, service, endpoints, endpointslice, ingress)" $role) -}}
{{- end -}}
{{- if and $hasPods $attach.node -}}
{{- $rights = append $rights "||nodes" -}}
{{- end -}}
{{- if and (ne $role "node") $attach.namespace -}}
{{- $rights = append $rights "||namespaces" -}}
{{- end -}}
{{- if and $hasPods $attach.deployment -}}
{{- $namespaced = append $namespaced "apps|replicasets" -}}
{{- end -}}
{{- if and $hasPods $attach.cronjob -}}
{{- $namespaced = append $namespaced "batch|jobs" -}}
{{- end -}}
{{- $of := $entry.namespaces | default dict -}}
{{- $namespaces := $of.names | default list -}}
{{- if $of.own_namespace -}}
{{- $namespaces = append $namespaces $release -}}
{{- end -}}
{{- range $namespace := $namespaces | default (list "") -}}
{{- range $what := $namespaced -}}
{{- $rights = append $rights (printf "%s|%s" $namespace $what) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- /* What may be seen everywhere needs no right in one namespace. */ -}}
{{- $least := list -}}
{{- range $right := uniq $rights -}}
{{- $parts := splitList "|" $right -}}
{{- if or (eq (first $parts) "") (not (has (printf "|%s|%s" (index $parts 1) (index $parts 2)) $rights)) -}}
{{- $least = append $least $right -}}
{{- end -}}
{{- end -}}
{{- toJson (sortAlpha $least) -}}
{{- end -}}

{{/* Rules of a role; takes the rights and the namespace that it is of. */}}
{{- define "ampedge-agent.rules" -}}
{{- $groups := dict -}}
{{- range $right := .rights -}}
{{- $parts := splitList "|" $right -}}
{{- if eq (first $parts) $.namespace -}}
{{- $group := index $parts 1 -}}
{{- $_ := set $groups $group (append (get $groups $group | default list) (index $parts 2)) -}}
{{- end -}}
{{- end -}}
{{- range $group, $resources := $groups }}
- apiGroups: [{{ $group | quote }}]
  resources: [{{ join ", " $resources }}]
  verbs: [list, watch]
{{- end -}}
{{- end -}}
