namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The API's answer when it does not do what was asked.</summary>
internal sealed class StatusJson
{
    public int? Code { get; set; }

    public string? Reason { get; set; }

    public string? Message { get; set; }

    public StatusDetails? Details { get; set; }

    internal sealed class StatusDetails
    {
        public int? RetryAfterSeconds { get; set; }
    }
}
