using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AmpEdge.Hosting;

/// <summary>Makes the signed assertion (RFC 7519) that a token endpoint takes instead of a client secret.</summary>
internal static class JwtAssertion
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);

    /// <summary>A compact JWS: header, claims and signature in base64url, joined by dots.</summary>
    /// <exception cref="HttpRequestException">The key cannot be read or is no RSA key.</exception>
    public static string Sign(OAuth2Config config, DateTimeOffset now)
    {
        string key = CredentialFile.SecretOr(
            config.ClientCertificateKey, config.ClientCertificateKeyFile, "oauth2 client certificate key");
        string algorithm = config.SignatureAlgorithm.Length > 0 ? config.SignatureAlgorithm : OAuth2Config.DefaultAlgorithm;
        string signed = $"{Encode(writer => WriteHeader(writer, config, algorithm))}.{Encode(writer => WriteClaims(writer, config, now))}";
        using RSA rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(key);
            byte[] signature = rsa.SignData(Encoding.ASCII.GetBytes(signed), HashOf(algorithm), RSASignaturePadding.Pkcs1);
            return $"{signed}.{Base64Url.EncodeToString(signature)}";
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            throw new HttpRequestException(
                $"unable to use oauth2 client certificate key {config.ClientCertificateKeyFile}: {error.Message}", error);
        }
    }

    private static void WriteHeader(Utf8JsonWriter writer, OAuth2Config config, string algorithm)
    {
        writer.WriteString("alg", algorithm);
        writer.WriteString("typ", "JWT");
        if (config.ClientCertificateKeyId.Length > 0)
        {
            writer.WriteString("kid", config.ClientCertificateKeyId);
        }
    }

    private static void WriteClaims(Utf8JsonWriter writer, OAuth2Config config, DateTimeOffset now)
    {
        writer.WriteString("iss", config.Iss.Length > 0 ? config.Iss : config.ClientId);
        writer.WriteString("sub", config.ClientId);
        writer.WriteString("aud", config.Audience.Length > 0 ? config.Audience : config.TokenUrl);
        writer.WriteNumber("iat", now.ToUnixTimeSeconds());
        writer.WriteNumber("exp", (now + s_lifetime).ToUnixTimeSeconds());
        // Servers refuse an assertion that they have seen before.
        writer.WriteString("jti", RandomNumberGenerator.GetHexString(32, lowercase: true));
        if (config.Scopes.Count > 0)
        {
            writer.WriteString("scope", string.Join(' ', config.Scopes));
        }

        if (config.Claims.Length == 0)
        {
            return;
        }

        using JsonDocument further = JsonDocument.Parse(config.Claims);
        foreach (JsonProperty claim in further.RootElement.EnumerateObject())
        {
            claim.WriteTo(writer);
        }
    }

    private static string Encode(Action<Utf8JsonWriter> writeMembers)
    {
        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(json.WrittenSpan);
    }

    private static HashAlgorithmName HashOf(string algorithm) => algorithm switch
    {
        "RS384" => HashAlgorithmName.SHA384,
        "RS512" => HashAlgorithmName.SHA512,
        _ => HashAlgorithmName.SHA256,
    };
}
