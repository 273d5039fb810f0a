namespace AmpEdge.PromQL;

/// <summary>The rows of a stream without their native histograms.</summary>
internal sealed class FloatsOnlyStream(SeriesStream source) : WrappingStream(source);
