namespace AmpEdge.Hosting;

/// <summary>The listener refuses the rest of a request (too large, too slow, broken); the message is for the client.</summary>
internal sealed class RequestRefusedException(int statusCode, string message, Exception? cause = null)
    : Exception(message, cause)
{
    public int StatusCode { get; } = statusCode;
}
