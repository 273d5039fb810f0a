using System.Net;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>The body of an answer that tells a request how many bytes were read of it. Read once, as a stream.</summary>
internal sealed class CountedContent(HttpContent content, ForwardRequest request) : HttpContent
{
    protected override async Task<Stream> CreateContentReadStreamAsync() =>
        new CountingStream(await content.ReadAsStreamAsync(), request);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        new CountingStream(await content.ReadAsStreamAsync(cancellationToken), request);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => content.CopyToAsync(stream, context);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class CountingStream(Stream inner, ForwardRequest request) : AnswerStream(inner)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await Inner.ReadAsync(buffer, cancellationToken);
            request.BytesOut += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = Inner.Read(buffer, offset, count);
            request.BytesOut += read;
            return read;
        }
    }
}
