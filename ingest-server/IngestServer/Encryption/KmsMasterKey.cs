using System.Security.Cryptography;
using AmpEdge.Tsdb;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;

namespace AmpEdge.IngestServer.Encryption;

/// <summary>
/// A master key that is AWS KMS's: it wraps and unwraps the workspaces' keys there, with the workspace as encryption context, so
/// that policies and CloudTrail tell workspaces apart.
/// </summary>
/// <param name="client">Asks KMS.</param>
/// <param name="keyId">Id, ARN or alias. KMS unwraps with this key only: a ciphertext of another one is not taken.</param>
internal sealed class KmsMasterKey(KmsClient client, string keyId) : IMasterKey
{
    private const string ContextKey = "ampedge:workspace";

    public WrappedKey NewKey(string database, Span<byte> key)
    {
        GenerateDataKeyRequest request = new()
        {
            KeyId = keyId, KeySpec = DataKeySpec.AES_256, EncryptionContext = Context(database),
        };
        GenerateDataKeyResponse answer = client.Ask(
            "kms:GenerateDataKey", keyId, (kms, cancel) => kms.GenerateDataKeyAsync(request, cancel));
        TakeKey(answer.Plaintext, key);
        return Wrapped(answer.KeyId, answer.CiphertextBlob);
    }

    public WrappedKey Wrap(string database, ReadOnlySpan<byte> key)
    {
        byte[] plain = key.ToArray();
        try
        {
            EncryptRequest request = new()
            {
                KeyId = keyId, Plaintext = new MemoryStream(plain, writable: false), EncryptionContext = Context(database),
            };
            EncryptResponse answer = client.Ask("kms:Encrypt", keyId, (kms, cancel) => kms.EncryptAsync(request, cancel));
            return Wrapped(answer.KeyId, answer.CiphertextBlob);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public bool TryUnwrap(string database, WrappedKey wrapped, Span<byte> key)
    {
        if (wrapped.Kind != MasterKeyKind.Service)
        {
            return false;
        }

        DecryptRequest request = new()
        {
            KeyId = keyId,
            CiphertextBlob = new MemoryStream(wrapped.Sealed.ToArray(), writable: false),
            EncryptionContext = Context(database),
        };
        try
        {
            DecryptResponse answer = client.Ask("kms:Decrypt", keyId, (kms, cancel) => kms.DecryptAsync(request, cancel));
            TakeKey(answer.Plaintext, key);
            return true;
        }
        catch (KmsException refused) when (refused.InnerException is IncorrectKeyException)
        {
            return false;
        }
        catch (KmsException refused) when (refused.InnerException is InvalidCiphertextException)
        {
            throw new WrongDatabaseKeyException(refused);
        }
    }

    private static Dictionary<string, string> Context(string database) => new() { [ContextKey] = database };

    private static WrappedKey Wrapped(string? keyArn, MemoryStream? ciphertext) => keyArn is null || ciphertext is null
        ? throw new KmsException("AWS KMS gave an answer without a wrapped key: is it KMS that was asked?", cause: null)
        : new WrappedKey(MasterKeyKind.Service, keyArn, ciphertext.ToArray());

    /// <summary>The SDK's buffer is cleared: the key stays in one place.</summary>
    private static void TakeKey(MemoryStream? plaintext, Span<byte> key)
    {
        byte[] bytes = plaintext?.ToArray() ?? [];
        try
        {
            if (bytes.Length != key.Length)
            {
                throw new KmsException($"AWS KMS gave a key of {bytes.Length} bytes, and {key.Length} were asked for", cause: null);
            }

            bytes.CopyTo(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            if (plaintext?.TryGetBuffer(out ArraySegment<byte> buffer) == true)
            {
                CryptographicOperations.ZeroMemory(buffer);
            }
        }
    }
}
