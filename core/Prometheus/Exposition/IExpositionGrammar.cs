namespace AmpEdge.Prometheus;

/// <summary>What one text format has of its own; the parser of lines is specialised for it by the compiler.</summary>
/// <typeparam name="TSelf">The format.</typeparam>
public interface IExpositionGrammar<TSelf> where TSelf : struct, IExpositionGrammar<TSelf>
{
    /// <summary>True when labels are separated by commas and nothing else.</summary>
    internal static abstract bool RequiresCommas { get; }

    /// <summary>The page to parse: the one given, or a copy that ends as the format wants it.</summary>
    internal static abstract ReadOnlySpan<byte> Complete(ReadOnlySpan<byte> page);

    internal static abstract ExpositionToken NextToken(ref LexerCursor cursor);

    /// <summary>Parses the entry that begins with the next token.</summary>
    internal static abstract ExpositionEntry ParseEntry(ref LineParser<TSelf> parser);

    /// <summary>Parses what follows the labels of a series; <paramref name="token"/> is the first of it.</summary>
    internal static abstract ExpositionEntry ParseSample(ref LineParser<TSelf> parser, ExpositionToken token);
}
