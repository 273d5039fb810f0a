using System.Net;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>A page that is made while it is read, so that a test of long pages holds none.</summary>
internal sealed class GeneratedPage(long length, Func<long, byte[]> block) : Stream
{
    private byte[] _block = [];
    private int _used;
    private long _blocks;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>A client whose every answer is such a page.</summary>
    public static HttpMessageInvoker Client(Func<Stream> page, string encoding = "") => new(new Handler(page, encoding));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_position >= length)
        {
            return 0;
        }

        if (_used == _block.Length)
        {
            _block = block(_blocks++);
            _used = 0;
        }

        int count = Math.Min(buffer.Length, _block.Length - _used);
        _block.AsSpan(_used, count).CopyTo(buffer);
        _used += count;
        _position += count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private sealed class Handler(Func<Stream> page, string encoding) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            StreamContent content = new(page());
            content.Headers.TryAddWithoutValidation("Content-Type", "text/plain; version=0.0.4");
            if (encoding.Length > 0)
            {
                content.Headers.ContentEncoding.Add(encoding);
            }

            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        }
    }
}
