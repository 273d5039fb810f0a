using System.Runtime.CompilerServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Follows a page through the remembered lines: which one comes next, if the page is as it was, and the steady state in
/// which it is.
/// </summary>
internal sealed class LineOrder
{
    private readonly LineTable _lines;
    private readonly SeriesStates _series;
    private readonly SampleIntake _samples;
    private readonly long _seriesLimit;

    /// <summary>The line that the last page began with, or -1.</summary>
    private int _first = -1;

    /// <summary>The line of this page that was read last, or -1 at its beginning.</summary>
    private int _previous = -1;

    /// <param name="lines">The lines of the target.</param>
    /// <param name="series">Its series.</param>
    /// <param name="samples">Takes the samples of known lines.</param>
    /// <param name="seriesLimit">Below it a series that was left out is looked at again; zero is no limit.</param>
    public LineOrder(LineTable lines, SeriesStates series, SampleIntake samples, long seriesLimit)
    {
        _lines = lines;
        _series = series;
        _samples = samples;
        _seriesLimit = seriesLimit;
    }

    /// <summary>The type of the family that the page is in, which decides how bounds and quantiles are written.</summary>
    public MetricType FamilyType { get; set; }

    /// <summary>The line that comes next if the page is as it was, or -1.</summary>
    private int Guess => _previous < 0 ? _first : _lines[_previous].Next;

    /// <summary>Begins a page.</summary>
    public void Begin()
    {
        FamilyType = MetricType.Unknown;
        _previous = -1;
    }

    /// <summary>
    /// The steady state: follows the remembered order as long as the page does, and returns where it stopped. A line
    /// with anything after its value but a timestamp in milliseconds is left to the parser.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int ReadKnown(ReadOnlySpan<byte> page, int position, bool hasMilliseconds)
    {
        LineTable table = _lines;
        SampleIntake samples = _samples;
        Span<CachedLine> lines = table.Lines;
        int previous = _previous;
        int known = Guess;
        int above = -1;
        while ((uint)known < (uint)lines.Length)
        {
            ref CachedLine line = ref lines[known];
            int length = table.Match(known, page, position, above);
            above = length < 0 ? -1 : position;
            if (length < 0 || !line.IsUnder(FamilyType))
            {
                break;
            }

            int after = position + length;
            if (line.Series == CachedLine.NoSample)
            {
                if (line.SeenIn < samples.LastGoodScrape)
                {
                    // It comes back, and what it says counts again.
                    break;
                }

                FamilyType = line.SetsFamilyType ? line.FamilyType : FamilyType;
                samples.See(ref line);
            }
            else
            {
                after = SampleNumbers.Read(page, after, hasMilliseconds, out double value, out long? ownTimestampMs);
                if (after < 0 || (line.Series == CachedLine.OverSeriesLimit && _series.HasRoom(_seriesLimit)))
                {
                    break;
                }

                samples.Take(ref line, value, ownTimestampMs);
            }

            position = after;
            previous = known;
            known = line.Next;
        }

        table.EndMatches(page, above);
        _previous = previous;
        return position;
    }

    /// <summary>The line with this text under this type of its family, or -1; the one at its place is tried first, then all.</summary>
    public int Find(ReadOnlySpan<byte> text, MetricType type)
    {
        int guess = Guess;
        return guess >= 0 && _lines.Is(guess, text, type) ? guess : _lines.Find(text, type);
    }

    /// <summary>Remembers that this line stood below the one before.</summary>
    public void Follow(int line)
    {
        if (_previous < 0)
        {
            _first = line;
        }
        else
        {
            _lines[_previous].Next = line;
        }

        _previous = line;
    }

    /// <summary>Keeps only lines seen in or after a scrape, in the order of the page.</summary>
    public void Rearrange(int seenSince)
    {
        bool keepsFirst = _first >= 0 && _lines[_first].SeenIn >= seenSince;
        _lines.Rearrange(_first, seenSince);
        _first = keepsFirst ? 0 : -1;
    }

    /// <summary>The lines are gone.</summary>
    public void Forget() => _first = -1;
}
