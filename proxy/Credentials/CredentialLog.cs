using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Credentials;

internal static partial class CredentialLog
{
    [LoggerMessage(5001, LogLevel.Information, "credentials found: {Provider} {AccessKeyId} {ExpiresAt}")]
    public static partial void Found(ILogger logger, string provider, string accessKeyId, DateTimeOffset? expiresAt);

    [LoggerMessage(5002, LogLevel.Warning, "credentials not found, trying again: {Problem}")]
    public static partial void LookUpFailed(ILogger logger, string problem);
}
