using System.Diagnostics.CodeAnalysis;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace AmpEdge.SigV4;

/// <summary>
/// One profile of the shared AWS files. The SDK's object for it is kept until a file changes, since it holds the
/// session of a profile with a role: a new object would ask for a new session.
/// </summary>
internal sealed class ProfileReader(string profile, string? credentialsFile = null)
{
    private (DateTime Credentials, DateTime Config) _lastWritten;
    private AWSCredentials? _last;

    /// <summary>False when no file has the profile, or when it gives no credentials.</summary>
    public bool TryGet([NotNullWhen(true)] out AWSCredentials? credentials)
    {
        (DateTime, DateTime) written = (
            File.GetLastWriteTimeUtc(PathOf("AWS_SHARED_CREDENTIALS_FILE", "credentials")),
            File.GetLastWriteTimeUtc(PathOf("AWS_CONFIG_FILE", "config")));
        if (_last is null || written != _lastWritten)
        {
            _last = ProfileCredentials.TryGet(new CredentialProfileStoreChain(credentialsFile), profile, out AWSCredentials? found) ? found : null;
            _lastWritten = written;
        }

        credentials = _last;
        return credentials is not null;
    }

    private static string PathOf(string variable, string defaultName) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path
            ? path
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aws", defaultName);
}
