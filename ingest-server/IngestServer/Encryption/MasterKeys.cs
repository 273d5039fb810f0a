using AmpEdge.IngestServer.Config;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Encryption;

/// <summary>The master keys of a configuration, in the order in which a store tries them.</summary>
internal static class MasterKeys
{
    /// <summary>The one that wraps keys from now on, then older ones.</summary>
    /// <exception cref="IOException">A file cannot be read or holds no key, or it is not known where KMS is.</exception>
    public static List<IMasterKey> Read(EncryptionConfig config, TimeProvider time)
    {
        List<IMasterKey> current = [];
        List<IMasterKey> previous = [];
        if (config.MasterKeyFile.Length > 0)
        {
            current.Add(LocalMasterKey.Read(config.MasterKeyFile));
        }

        foreach (string path in config.PreviousMasterKeyFiles)
        {
            previous.Add(LocalMasterKey.Read(path));
        }

        if (config.Kms is { } kms)
        {
            KmsClient client = KmsClient.Create(kms, time);
            if (kms.KeyId.Length > 0)
            {
                current.Add(new KmsMasterKey(client, kms.KeyId));
            }

            foreach (string keyId in kms.PreviousKeyIds)
            {
                previous.Add(new KmsMasterKey(client, keyId));
            }
        }

        return [.. current, .. previous];
    }
}
