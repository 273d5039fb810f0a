using System.IO.Compression;

namespace AmpEdge.QueryApi;

/// <summary>The body of one answer, compressed when the caller takes that: gzip or deflate, as Prometheus has it.</summary>
/// <remarks>Status and headers go out with the first write.</remarks>
public sealed class AnswerBody(HttpContext context)
{
    private readonly HttpContext _context = context;
    private Stream? _body;

    /// <summary>Sends some bytes.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        _body ??= Start();
        return _body.WriteAsync(bytes, _context.RequestAborted);
    }

    /// <summary>Sends the last bytes; an answer that is sent whole states its length.</summary>
    public async ValueTask EndAsync(ReadOnlyMemory<byte> last)
    {
        if (_body is null && EncodingOf(_context.Request.Headers.AcceptEncoding) is null)
        {
            _context.Response.ContentLength = last.Length;
        }

        await WriteAsync(last);
        if (_body is GZipStream or ZLibStream)
        {
            await _body.DisposeAsync();
        }
    }

    private Stream Start()
    {
        HttpResponse response = _context.Response;
        string? encoding = EncodingOf(_context.Request.Headers.AcceptEncoding);
        if (encoding is null)
        {
            return response.Body;
        }

        response.Headers.ContentEncoding = encoding;
        return encoding == "gzip"
            ? new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
    }

    /// <summary>The first encoding of the header that is known, unless its weight is zero.</summary>
    private static string? EncodingOf(string? acceptEncoding)
    {
        foreach (string entry in (acceptEncoding ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            string[] parts = entry.Split(';', StringSplitOptions.TrimEntries);
            string encoding = parts[0].ToLowerInvariant();
            bool isRefused = parts.Length > 1
                && parts[1].Replace(" ", "", StringComparison.Ordinal).TrimEnd('0') is "q=" or "q=0.";
            if (encoding is "gzip" or "deflate" && !isRefused)
            {
                return encoding;
            }
        }

        return null;
    }
}
