namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>An ingress as the API sends it.</summary>
internal sealed class IngressJson
{
    public ObjectMetaJson? Metadata { get; set; }

    public IngressSpec? Spec { get; set; }

    internal sealed class IngressSpec
    {
        public string? IngressClassName { get; set; }

        public List<IngressTls?>? Tls { get; set; }

        public List<Rule?>? Rules { get; set; }
    }

    internal sealed class IngressTls
    {
        public List<string?>? Hosts { get; set; }
    }

    internal sealed class Rule
    {
        public string? Host { get; set; }

        public HttpRule? Http { get; set; }
    }

    internal sealed class HttpRule
    {
        public List<HttpPath?>? Paths { get; set; }
    }

    internal sealed class HttpPath
    {
        public string? Path { get; set; }
    }
}
