using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Forwarding;

internal static partial class ForwardLog
{
    [LoggerMessage(5101, LogLevel.Debug, "request refused: {Method} {Path} {Status} {Reason}")]
    public static partial void Refused(ILogger logger, string method, string path, int status, string reason);

    [LoggerMessage(5102, LogLevel.Warning, "upstream failed: {Method} {Upstream} {Path} {Error} {Reason}")]
    public static partial void UpstreamFailed(
        ILogger logger, string method, string upstream, string path, string error, string reason);

    [LoggerMessage(5103, LogLevel.Debug, "request forwarded: {Method} {Upstream} {Path} {Status} {Seconds}")]
    public static partial void Forwarded(
        ILogger logger, string method, string upstream, string path, int status, double seconds);

    [LoggerMessage(5104, LogLevel.Warning, "upstream refused: {Method} {Upstream} {Path} {Status} {Body}")]
    public static partial void FailedAnswer(
        ILogger logger, string method, string upstream, string path, int status, string body);

    [LoggerMessage(5105, LogLevel.Information, "signed: {CanonicalRequest} {StringToSign} {Signature}")]
    public static partial void Signed(ILogger logger, string canonicalRequest, string stringToSign, string signature);

    [LoggerMessage(5107, LogLevel.Warning,
        "signature refused: {Upstream} {FirstDifference} {SignedCanonicalRequest} {ExpectedCanonicalRequest}")]
    public static partial void SignatureMismatch(
        ILogger logger, string upstream, string firstDifference, string signedCanonicalRequest, string expectedCanonicalRequest);

    [LoggerMessage(5111, LogLevel.Warning,
        "this machine's clock is wrong, signatures are corrected: {Upstream} {CorrectionSeconds}; set the clock (NTP)")]
    public static partial void ClockCorrected(ILogger logger, string upstream, double correctionSeconds);

    [LoggerMessage(5112, LogLevel.Information, "this machine's clock is right again: {Upstream}")]
    public static partial void ClockIsRight(ILogger logger, string upstream);

    [LoggerMessage(5106, LogLevel.Debug, "caller gone in the middle of its body: {Method} {Path} {Bytes}")]
    public static partial void CallerGone(ILogger logger, string method, string path, int bytes);
}
