using System.Net;
using AmpEdge.SigV4;

namespace AmpEdge.Agent.Discovery;

/// <summary>Makes exceptions of error answers.</summary>
internal static class AwsErrorReader
{
    private const int MaxShownLength = 200;

    /// <param name="operation">What was asked.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="errorType">The header <c>x-amzn-ErrorType</c>, or empty.</param>
    /// <param name="body">The answer's body.</param>
    public static AwsApiException Read(string operation, HttpStatusCode status, string errorType, ReadOnlyMemory<byte> body)
    {
        AwsError error = AwsError.Read(errorType, body);
        return new AwsApiException(
            operation, status, error.Code.Length > 0 ? Cut(error.Code) : "no error code", Cut(error.Message));
    }

    private static string Cut(string text) => text.Length <= MaxShownLength ? text : text[..MaxShownLength] + "…";
}
