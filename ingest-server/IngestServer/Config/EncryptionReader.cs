using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Config;

/// <summary>Reads <c>storage.encryption</c>: one master key, and older ones of both kinds.</summary>
internal static class EncryptionReader
{
    private const string AllowedFile = "the path of a file with 32 bytes, also in hexadecimal or base64";

    public static EncryptionConfig Read(ConfigSection section)
    {
        EncryptionConfig config = new()
        {
            MasterKeyFile = section.FilePath("master_key_file"),
            PreviousMasterKeyFiles = section.FilePaths("previous_master_key_files"),
            Kms = section.Section("kms", "kms") is { } kms ? ReadKms(kms) : null,
        };
        bool byKms = config.Kms is { KeyId.Length: > 0 };
        if (config.MasterKeyFile.Length == 0 && !byKms)
        {
            section.Fail("master_key_file", "is missing", "", $"{AllowedFile}; or kms.key_id");
        }
        else if (config.MasterKeyFile.Length > 0 && byKms)
        {
            section.Fail(
                "master_key_file", "stands beside kms.key_id", config.MasterKeyFile,
                "one of the two; what wrapped keys before goes into previous_master_key_files or kms.previous_key_ids");
        }

        section.End();
        return config;
    }

    private static KmsConfig ReadKms(ConfigSection section)
    {
        KmsConfig config = new()
        {
            KeyId = section.Text("key_id"),
            PreviousKeyIds = section.Texts("previous_key_ids"),
            Endpoint = ConfigUrl.TryRead(section, "endpoint", out Uri? endpoint) ? endpoint : null,
            SigV4 = section.Section("sigv4", "sigv4") is { } sigV4 ? SigV4Config.Read(sigV4) : new SigV4Config(),
        };
        if (config.KeyId.Length == 0 && config.PreviousKeyIds.Count == 0)
        {
            section.Fail("key_id", "is missing", "", "a key's id or ARN, or an alias as alias/name or by its ARN");
        }

        section.End();
        return config;
    }
}
