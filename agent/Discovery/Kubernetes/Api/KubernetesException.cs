namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A request to the cluster did not give what was asked for; the message says which and why.</summary>
internal class KubernetesException : IOException
{
    public KubernetesException(string message)
        : base(message)
    {
    }

    public KubernetesException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>How soon the server wants to be asked again; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when what is known is too old to go on from: only a new list helps.</summary>
    public virtual bool IsExpired => false;

    /// <summary>A short word for metrics: an HTTP status or what kind of failure it was.</summary>
    public virtual string Reason => "protocol";
}
