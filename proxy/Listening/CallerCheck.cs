using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Listening;

/// <summary>Decides who may call, by what a request carries and the certificate of its connection.</summary>
internal sealed class CallerCheck
{
    private const string Scheme = "Bearer ";

    private readonly CallerConfig _config;
    private readonly RereadFiles<byte[]>? _tokenHash;

    /// <exception cref="StartFailedException">The token's file cannot be read.</exception>
    public CallerCheck(CallerConfig config, ILogger log, TimeProvider time)
    {
        _config = config;
        if (config.BearerTokenFile.Length == 0)
        {
            return;
        }

        string file = config.BearerTokenFile;
        try
        {
            _tokenHash = new RereadFiles<byte[]>(
                [file], () => HashOf(ReadToken(file)), error => ListeningLog.TokenNotTaken(log, file, error.Message), time);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new StartFailedException($"bearer_token_file {file} cannot be used: {error.Message}", error);
        }
    }

    /// <summary>The name of the token that callers show, which is that of its file; null when none is asked for.</summary>
    public string? TokenName => _tokenHash is null ? null : Path.GetFileName(_config.BearerTokenFile);

    /// <summary>Null when the caller may; else the status and what is missing.</summary>
    public (int Status, string Problem)? Check(HttpContext context)
    {
        if (_tokenHash is not null && !HasToken(context.Request.Headers.Authorization.ToString(), _tokenHash.Current))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return (StatusCodes.Status401Unauthorized, "the proxy asks its callers for a token: Authorization: Bearer …");
        }

        if (!_config.WantsCertificate)
        {
            return null;
        }

        return context.Connection.ClientCertificate is { } certificate && IsNamed(certificate)
            ? null
            : (StatusCodes.Status403Forbidden, "the proxy asks for a client certificate of another name");
    }

    /// <summary>Compares hashes, so that neither time nor length tells anything of the token.</summary>
    private static bool HasToken(string authorization, byte[] wantedHash) =>
        authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(HashOf(authorization[Scheme.Length..].Trim()), wantedHash);

    private bool IsNamed(X509Certificate2 certificate)
    {
        string? commonName = CommonNameOf(certificate);
        foreach (string subject in _config.ClientSubjects)
        {
            if (subject == commonName || Normalized(subject) == Normalized(certificate.Subject))
            {
                return true;
            }
        }

        return HasAlternativeName(certificate);
    }

    private bool HasAlternativeName(X509Certificate2 certificate)
    {
        foreach (string name in AlternativeNames.Of(certificate))
        {
            foreach (string wanted in _config.ClientNames)
            {
                if (name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Null when there is none: other parts of a subject do not stand in for it.</summary>
    private static string? CommonNameOf(X509Certificate2 certificate)
    {
        const string CommonName = "2.5.4.3";
        foreach (X500RelativeDistinguishedName part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (!part.HasMultipleElements && part.GetSingleElementType().Value == CommonName)
            {
                return part.GetSingleElementValue();
            }
        }

        return null;
    }

    private static string Normalized(string subject) => subject.Replace(", ", ",", StringComparison.Ordinal);

    private static string ReadToken(string file) =>
        File.ReadAllText(file).Trim() is { Length: > 0 } token ? token : throw new FormatException("the file is empty");

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
