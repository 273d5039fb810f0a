namespace AmpEdge.Hosting;

/// <summary>TLS towards a server. Certificates and keys are PEM, in the file itself or named; files are read at each handshake.</summary>
public sealed record TlsConfig
{
    /// <summary>The authorities, in PEM, that may have issued the server's certificate; unset: those of the machine.</summary>
    public string Ca { get; init; } = "";

    /// <summary>A file with them.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>The own certificate, in PEM, with what leads to its authority.</summary>
    public string Cert { get; init; } = "";

    /// <summary>A file with it.</summary>
    public string CertFile { get; init; } = "";

    /// <summary>The key of the own certificate, in PEM.</summary>
    public Secret? Key { get; init; }

    /// <summary>A file with it.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>Sent to the server and checked against its certificate instead of the host's name; empty for that name.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>True to take any certificate of the server.</summary>
    public bool InsecureSkipVerify { get; init; }

    /// <summary><c>TLS10</c> to <c>TLS13</c>; empty for TLS 1.2.</summary>
    public string MinVersion { get; init; } = "";

    /// <summary><c>TLS10</c> to <c>TLS13</c>; empty for the newest.</summary>
    public string MaxVersion { get; init; } = "";

    /// <summary>The files that are read; empty where there is none.</summary>
    internal string[] Files => [CaFile, CertFile, KeyFile];
}
