namespace AmpEdge.Agent.Discovery;

/// <summary>Something that is asked for its targets again and again: an HTTP endpoint, DNS, an API of the cloud.</summary>
internal interface ITargetSource : IDisposable
{
    /// <summary>What Prometheus calls the mechanism in its metrics: <c>http</c>, <c>dns</c>, <c>ec2</c>, <c>ecs</c>.</summary>
    string Mechanism { get; }

    /// <summary>From the start of one look to the start of the next.</summary>
    TimeSpan RefreshInterval { get; }

    /// <summary>How long one look may take.</summary>
    TimeSpan Timeout { get; }

    /// <summary>Looks once. A failure leaves as an exception, and all targets stay as they were.</summary>
    Task<RefreshAnswer> FindAsync(CancellationToken cancel);
}
