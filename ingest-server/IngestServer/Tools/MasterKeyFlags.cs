using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.Encryption;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Tools;

/// <summary>What opens an encrypted store for a command: the master key's file, or a key of AWS KMS.</summary>
internal sealed class MasterKeyFlags
{
    private readonly Flag<string> _file;
    private readonly Flag<string> _kmsKeyId;
    private readonly Flag<string> _kmsRegion;
    private readonly Flag<string> _kmsEndpoint;

    public MasterKeyFlags(FlagGroup group)
    {
        _file = group.Text("storage.master-key-file", "", "File of the master key, when the workspace is encrypted.", "FILE");
        _kmsKeyId = group.Text("storage.kms-key-id", "", "Key of AWS KMS instead; credentials are those of the surroundings.", "ID");
        _kmsRegion = group.Text("storage.kms-region", "", "Its region, when the key is not given by its ARN.", "REGION");
        _kmsEndpoint = group.Text("storage.kms-endpoint", "", "Where AWS KMS is, when not at the region's public endpoint.", "URL");
    }

    /// <summary>A workspace's name and master keys; null when none was given.</summary>
    /// <exception cref="IOException">The file cannot be read or holds no key, or it is not known where KMS is.</exception>
    public DatabaseEncryption? Read(string workspace)
    {
        bool byKms = _kmsKeyId.Value.Length > 0;
        if (_file.Value.Length == 0 && !byKms)
        {
            return null;
        }

        // With both, either may have wrapped the key: a store that changes from one to the other.
        EncryptionConfig config = new() { MasterKeyFile = _file.Value, Kms = byKms ? Kms() : null };
        return new DatabaseEncryption(workspace, MasterKeys.Read(config, TimeProvider.System));
    }

    private KmsConfig Kms() => new()
    {
        KeyId = _kmsKeyId.Value,
        Endpoint = _kmsEndpoint.Value.Length == 0 ? null
            : Uri.TryCreate(_kmsEndpoint.Value, UriKind.Absolute, out Uri? endpoint) ? endpoint
            : throw new IOException(
                $"flag --storage.kms-endpoint: is not a URL (got '{_kmsEndpoint.Value}', allowed: https://host or http://host:port)"),
        SigV4 = new SigV4Config { Region = _kmsRegion.Value },
    };
}
