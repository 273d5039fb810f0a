using System.Net;
using System.Runtime.CompilerServices;

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
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            ValueTask<int> reading = Inner.ReadAsync(buffer, cancellationToken);
            return reading.IsCompletedSuccessfully ? ValueTask.FromResult(Count(reading.Result)) : CountAsync(reading);
        }

        public override int Read(byte[] buffer, int offset, int count) => Count(Inner.Read(buffer, offset, count));

        // Once for each part of a large answer: its state is used again.
        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<int> CountAsync(ValueTask<int> reading) => Count(await reading);

        private int Count(int bytes)
        {
            request.BytesOut += bytes;
            return bytes;
        }
    }
}
