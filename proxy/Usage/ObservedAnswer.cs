using System.Buffers;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Forwarding;

namespace AmpEdge.Proxy.Usage;

/// <summary>
/// An answer with rules on its way to the caller. What passes is copied, up to a bound, and shown to the observer at its end; an
/// answer that breaks off or is larger is not.
/// </summary>
internal sealed class ObservedAnswer : AnswerStream
{
    private readonly Action<ReadOnlySpan<byte>> _atEnd;
    private readonly ArrayBufferWriter<byte> _copy = new();
    private bool _done;

    private ObservedAnswer(Stream answer, Action<ReadOnlySpan<byte>> atEnd)
        : base(answer) => _atEnd = atEnd;

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
        int read = Inner.Read(buffer, offset, count);
        Copy(buffer.AsSpan(offset, read), count);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await Inner.ReadAsync(buffer, cancellationToken);
        Copy(buffer.Span[..read], buffer.Length);
        return read;
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
