namespace AmpEdge.IngestServer.Config;

/// <summary>Who wraps the workspaces' keys: the key of a file, or one of AWS KMS.</summary>
internal sealed record EncryptionConfig
{
    /// <summary>The file of the master key; empty when it is one of KMS.</summary>
    public string MasterKeyFile { get; init; } = "";

    /// <summary>Files of older master keys.</summary>
    public IReadOnlyList<string> PreviousMasterKeyFiles { get; init; } = [];

    /// <summary>Keys of KMS; null for none.</summary>
    public KmsConfig? Kms { get; init; }
}
