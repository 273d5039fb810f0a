using System.Net;
using AmpEdge.SigV4;

namespace AmpEdge.Agent.Discovery;

/// <summary>A service of AWS refused a request.</summary>
/// <param name="operation">Such as <c>ec2:DescribeInstances</c>.</param>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The error's name as the service gives it, such as <c>RequestLimitExceeded</c>.</param>
/// <param name="message">The error's text.</param>
internal sealed class AwsApiException(string operation, HttpStatusCode status, string code, string message)
    : DiscoveryException($"{operation}: {code}: {message} (HTTP status {(int)status})")
{
    public string Code { get; } = code;

    /// <summary>Too many requests, of us or of the whole account: the same request succeeds later.</summary>
    public bool IsThrottling =>
        status == HttpStatusCode.TooManyRequests
        || Code is "RequestLimitExceeded" or "SlowDown" or "TooManyRequestsException" or "BandwidthLimitExceeded"
            or "RequestThrottled" or "RequestThrottledException" or "PriorRequestNotComplete" or "EC2ThrottledException"
        || Code.StartsWith("Throttl", StringComparison.Ordinal);

    /// <summary>The credentials were good once: others may be there by now.</summary>
    public bool IsExpiredToken => new AwsError(Code, Message).IsExpiredCredentials;

    /// <summary>The service's own trouble.</summary>
    public bool IsServerError => (int)status >= 500;
}
