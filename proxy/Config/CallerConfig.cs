namespace AmpEdge.Proxy.Config;

/// <summary>Who may call; all that is given must hold.</summary>
internal sealed record CallerConfig
{
    /// <summary>The file of the token that requests carry as <c>Authorization: Bearer</c>; empty: none is asked for.</summary>
    public string BearerTokenFile { get; init; } = "";

    /// <summary>Subjects of client certificates, whole (<c>CN=grafana,O=example</c>) or the common name alone; one must be met.</summary>
    public IReadOnlyList<string> ClientSubjects { get; init; } = [];

    /// <summary>Subject alternative names (DNS, URI, e-mail) of client certificates; one must be met.</summary>
    public IReadOnlyList<string> ClientNames { get; init; } = [];

    /// <summary>True when callers need a certificate that the listener has verified.</summary>
    public bool WantsCertificate => ClientSubjects.Count > 0 || ClientNames.Count > 0;

    public bool IsEmpty => BearerTokenFile.Length == 0 && !WantsCertificate;
}
