using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AmpEdge.Tests.Support;

/// <summary>
/// The part of KMS that wraps data keys: symmetric keys, aliases, encryption contexts, and the errors of the real one. A ciphertext
/// names its key and is bound to its context, so nothing else opens it.
/// </summary>
public sealed class FakeKms
{
    public const string KeyPrefix = "arn:aws:kms:eu-west-1:123456789012:key/";

    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.Ordinal);
    private readonly HashSet<string> _disabled = new(StringComparer.Ordinal);

    /// <summary>Makes a key and returns its ARN.</summary>
    public string AddKey(string id)
    {
        lock (_lock)
        {
            _keys.Add(KeyPrefix + id, RandomNumberGenerator.GetBytes(32));
            return KeyPrefix + id;
        }
    }

    /// <summary>Points an alias, such as <c>alias/metrics</c>, to a key, or to another one than before.</summary>
    public void SetAlias(string alias, string keyArn)
    {
        lock (_lock)
        {
            _aliases[alias] = keyArn;
        }
    }

    /// <summary>Lets a key do nothing from now on, or everything again.</summary>
    public void Disable(string keyArn, bool disabled = true)
    {
        lock (_lock)
        {
            _ = disabled ? _disabled.Add(keyArn) : _disabled.Remove(keyArn);
        }
    }

    public ScriptedResponse Answer(FakeAwsRequest request)
    {
        lock (_lock)
        {
            string asked = (string?)request.Json["KeyId"] ?? "";
            return Find(asked) is not { } arn ? FakeAws.JsonError(400, "NotFoundException", $"Key '{asked}' does not exist")
                : _disabled.Contains(arn) ? FakeAws.JsonError(400, "DisabledException", $"{arn} is disabled.")
                : request.Operation switch
                {
                    "GenerateDataKey" when (string?)request.Json["KeySpec"] == "AES_256" =>
                        Wrapped(arn, RandomNumberGenerator.GetBytes(32), request.Json, withPlaintext: true),
                    "Encrypt" => Wrapped(arn, Bytes(request.Json, "Plaintext"), request.Json, withPlaintext: false),
                    "Decrypt" => Unwrapped(arn, Bytes(request.Json, "CiphertextBlob"), request.Json),
                    _ => FakeAws.JsonError(400, "ValidationException", $"{request.Operation}: {request.Json.ToJsonString()}"),
                };
        }
    }

    private string? Find(string keyId) =>
        _keys.ContainsKey(keyId) ? keyId
        : _keys.ContainsKey(KeyPrefix + keyId) ? KeyPrefix + keyId
        : _aliases.GetValueOrDefault(keyId);

    private ScriptedResponse Wrapped(string arn, byte[] plaintext, JsonObject request, bool withPlaintext)
    {
        byte[] name = Encoding.UTF8.GetBytes(arn);
        byte[] blob = new byte[1 + name.Length + NonceLength + plaintext.Length + TagLength];
        blob[0] = (byte)name.Length;
        name.CopyTo(blob, 1);
        Span<byte> rest = blob.AsSpan(1 + name.Length);
        RandomNumberGenerator.Fill(rest[..NonceLength]);
        using AesGcm cipher = new(_keys[arn], TagLength);
        cipher.Encrypt(
            rest[..NonceLength], plaintext, rest[NonceLength..^TagLength], rest[^TagLength..], Encoding.UTF8.GetBytes(Context(request)));
        JsonObject answer = new() { ["KeyId"] = arn, ["CiphertextBlob"] = Convert.ToBase64String(blob) };
        if (withPlaintext)
        {
            answer["Plaintext"] = Convert.ToBase64String(plaintext);
        }

        return Ok(answer);
    }

    private ScriptedResponse Unwrapped(string arn, byte[] blob, JsonObject request)
    {
        int nameLength = blob.Length > 0 ? blob[0] : 0;
        if (blob.Length < 1 + nameLength + NonceLength + TagLength)
        {
            return FakeAws.JsonError(400, "InvalidCiphertextException", "");
        }

        if (Encoding.UTF8.GetString(blob, 1, nameLength) != arn)
        {
            return FakeAws.JsonError(
                400, "IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.");
        }

        ReadOnlySpan<byte> rest = blob.AsSpan(1 + nameLength);
        byte[] plaintext = new byte[rest.Length - NonceLength - TagLength];
        using AesGcm cipher = new(_keys[arn], TagLength);
        try
        {
            cipher.Decrypt(
                rest[..NonceLength], rest[NonceLength..^TagLength], rest[^TagLength..], plaintext, Encoding.UTF8.GetBytes(Context(request)));
        }
        catch (AuthenticationTagMismatchException)
        {
            return FakeAws.JsonError(400, "InvalidCiphertextException", "");
        }

        return Ok(new JsonObject { ["KeyId"] = arn, ["Plaintext"] = Convert.ToBase64String(plaintext) });
    }

    private static string Context(JsonObject request)
    {
        SortedDictionary<string, string?> pairs = new(StringComparer.Ordinal);
        foreach ((string key, JsonNode? value) in request["EncryptionContext"]?.AsObject() ?? [])
        {
            pairs.Add(key, (string?)value);
        }

        return string.Join('\n', pairs);
    }

    private static byte[] Bytes(JsonObject request, string member) => Convert.FromBase64String((string?)request[member] ?? "");

    private static ScriptedResponse Ok(JsonObject answer) =>
        FakeAws.Answer(200, "application/x-amz-json-1.1", answer.ToJsonString());
}
