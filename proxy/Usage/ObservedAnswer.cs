using System.Buffers;
using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Usage;

/// <summary>
/// An answer with rules on its way to the caller. What passes is copied, up to a bound, and shown to the observer at its end; an
/// answer that breaks off or is larger is not.
/// </summary>
internal sealed class ObservedAnswer : Stream
{
    private readonly Stream _answer;
    private readonly Action<ReadOnlySpan<byte>> _atEnd;
    private readonly ArrayBufferWriter<byte> _copy = new();
    private bool _done;

    private ObservedAnswer(Stream answer, Action<ReadOnlySpan<byte>> atEnd)
    {
        _answer = answer;
        _atEnd = atEnd;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Replaces the content of an answer that holds rules by one that is observed.</summary>
    public static async Task WatchAsync(
        UsageObserver usage, string method, string target, HttpResponseMessage response, CancellationToken cancel)
    {
        RequestTarget asked = RequestTarget.Parse(target);
        if (response.StatusCode != System.Net.HttpStatusCode.OK || !UsageObserver.WantsAnswer(method, asked))
        {
            return;
        }

        HttpContent original = response.Content;
        string encoding = string.Join(',', original.Headers.ContentEncoding);
        Stream rest = await original.ReadAsStreamAsync(cancel);
        StreamContent watched = new(new ObservedAnswer(rest, body => usage.ObserveAnswer(method, asked, encoding, body)));
        foreach ((string name, IEnumerable<string> values) in original.Headers)
        {
            watched.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = watched;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = _answer.Read(buffer, offset, count);
        Copy(buffer.AsSpan(offset, read), count);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await _answer.ReadAsync(buffer, cancellationToken);
        Copy(buffer.Span[..read], buffer.Length);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // Nothing is ever written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _answer.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Copy(ReadOnlySpan<byte> read, int wanted)
    {
        if (_done)
        {
            return;
        }

        if (read.IsEmpty && wanted > 0)
        {
            _done = true;
            _atEnd(_copy.WrittenSpan);
            return;
        }

        if (_copy.WrittenCount + read.Length > UsageObserver.MaxReadBytes)
        {
            _done = true;
            _copy.ResetWrittenCount();
            return;
        }

        _copy.Write(read);
    }
}
