namespace AmpEdge.Tests.Support;

/// <summary>One query of a script, with the data loaded before it and what is expected of it.</summary>
public sealed class ScriptCase
{
    public required string File { get; init; }

    /// <summary>Where the command stands, from 1.</summary>
    public required int Line { get; init; }

    public required bool IsRange { get; init; }

    /// <summary>The time of an instant query, or the start of a range.</summary>
    public required long StartMs { get; init; }

    public required long EndMs { get; init; }

    public required long StepMs { get; init; }

    public required string Query { get; init; }

    public required MemoryQueryable Data { get; init; }

    public List<ScriptExpectation> Expectations { get; } = [];

    /// <summary>Lines of series, as written.</summary>
    public List<ScriptSeriesLine> Results { get; } = [];

    /// <summary>The number that the query gives, where it gives one.</summary>
    public double? Scalar { get; set; }

    /// <summary>Start, end and step of an expected range vector.</summary>
    public (long StartMs, long EndMs, long StepMs)? RangeVector { get; set; }

    public bool MustFail => Has("fail");

    public bool Has(string kind) => Expectations.Exists(expectation => expectation.Kind == kind);

    public override string ToString() => $"{File}:{Line} {Query}";
}
