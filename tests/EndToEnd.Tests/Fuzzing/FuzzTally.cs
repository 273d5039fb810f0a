using System.Globalization;
using System.Text;

namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>Counts what the queries of a run came to: a run of errors and empty answers would show nothing.</summary>
public sealed class FuzzTally
{
    private readonly SortedDictionary<string, int> _known = new(StringComparer.Ordinal);
    private int _queries;
    private int _errors;

    /// <summary>Queries that both answer with at least one series.</summary>
    public int WithSeries { get; private set; }

    public void Add(in ComparedQuery compared)
    {
        _queries++;
        _errors += compared.Theirs.IsSuccess ? 0 : 1;
        WithSeries += compared.Theirs.Series.Count > 0 ? 1 : 0;
        if (compared.Known is { } known)
        {
            _known[known.Reason] = _known.GetValueOrDefault(known.Reason) + 1;
        }
    }

    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{_queries} queries, {WithSeries} with series, {_errors} refused");
        foreach ((string reason, int count) in _known)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{count} differ: {reason}");
        }

        return text.ToString();
    }
}
