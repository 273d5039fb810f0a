using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// A page on its way from a target, in parts: take from <see cref="Part"/>, <see cref="Discard"/> what was taken, and
/// the next part begins with the rest.
/// </summary>
internal sealed class TargetPage : IDisposable
{
    private readonly PageWindow _window;
    private readonly long _limit;
    private readonly int _longestEntry;

    /// <param name="format">The format that the answer's header tells.</param>
    /// <param name="limit">Bytes after decompression.</param>
    /// <param name="sizeHint">The size of the last page.</param>
    public TargetPage(ExpositionFormat format, long limit, long sizeHint)
    {
        Format = format;
        _limit = limit;
        _longestEntry = format == ExpositionFormat.Protobuf ? PageWindow.LongestMessageBytes : PageWindow.LongestLineBytes;
        _window = new PageWindow(sizeHint, _longestEntry);
    }

    public ExpositionFormat Format { get; }

    /// <summary>Why there is no more of the page; null so far.</summary>
    public string? Problem { get; private set; }

    /// <summary>True when the page was longer than the limit.</summary>
    public bool OverBodyLimit { get; private set; }

    /// <summary>Bytes read so far, decompressed.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>What is in hand: whole entries and the beginning of one more, or all the rest when <see cref="IsLast"/>.</summary>
    public ReadOnlySpan<byte> Part => _window.Bytes;

    public bool IsLast { get; private set; }

    /// <summary>Reads on until the window is full or the page ends; false when it does not do so as it should.</summary>
    public async ValueTask<bool> FillAsync(Stream body, CancellationToken cancel)
    {
        if (!_window.TryMakeRoom())
        {
            Problem = $"a line or message of the page is longer than {_longestEntry} bytes";
            return false;
        }

        while (!_window.IsFull && !IsLast)
        {
            int read = await body.ReadAsync(_window.Free, cancel);
            _window.Fill(read);
            BodyBytes += read;
            IsLast = read == 0;
            if (BodyBytes > _limit)
            {
                OverBodyLimit = true;
                Problem = "body size limit exceeded";
                return false;
            }
        }

        if (IsLast && Format is ExpositionFormat.Text004 or ExpositionFormat.Text100)
        {
            _window.EndWithLineBreak();
        }

        return true;
    }

    /// <summary>Lets the beginning of <see cref="Part"/> go.</summary>
    public void Discard(int count) => _window.Discard(count);

    public void Dispose() => _window.Dispose();
}
