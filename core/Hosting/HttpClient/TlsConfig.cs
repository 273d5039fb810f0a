namespace AmpEdge.Hosting;

/// <summary>TLS towards a server. Certificates and keys are PEM, in the file itself or named; files are read at each handshake.</summary>
public sealed record TlsConfig
{
    public string Ca { get; init; } = "";

    public string CaFile { get; init; } = "";

    public string Cert { get; init; } = "";

    public string CertFile { get; init; } = "";

    public Secret? Key { get; init; }

    public string KeyFile { get; init; } = "";

    /// <summary>Sent to the server and checked against its certificate instead of the host's name; empty for that name.</summary>
    public string ServerName { get; init; } = "";

    public bool InsecureSkipVerify { get; init; }

    /// <summary><c>TLS10</c> to <c>TLS13</c>; empty for TLS 1.2.</summary>
    public string MinVersion { get; init; } = "";

    /// <summary><c>TLS10</c> to <c>TLS13</c>; empty for the newest.</summary>
    public string MaxVersion { get; init; } = "";

    /// <summary>The files that are read; empty where there is none.</summary>
    internal string[] Files => [CaFile, CertFile, KeyFile];
}
