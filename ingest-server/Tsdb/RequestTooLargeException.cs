namespace AmpEdge.Tsdb;

/// <summary>
/// A request takes more than one log record may hold. A request is one record, so that a crash keeps all of it or
/// nothing: it is refused whole, and sending it again cannot help.
/// </summary>
/// <param name="sizeBytes">What the record would have, at least.</param>
/// <param name="limitBytes">What a record may have.</param>
public sealed class RequestTooLargeException(long sizeBytes, long limitBytes)
    : Exception(
        $"the request takes {sizeBytes} bytes in the log and may take {limitBytes}: nothing of it is stored, send it in parts")
{
    public long SizeBytes { get; } = sizeBytes;

    public long LimitBytes { get; } = limitBytes;
}
