namespace AmpEdge.IngestServer.Ingest;

/// <summary>What became of one request: counts by outcome and the first refusal, which is all that a sender is told.</summary>
internal sealed class WriteTally
{
    /// <summary>The most characters that the labels of an exemplar may have together, by the OpenMetrics specification.</summary>
    public const int MaxExemplarCharacters = 128;

    private readonly long[] _discarded = new long[DiscardReasons.Count];

    public long Samples { get; set; }

    /// <summary>Samples that were there already with the same value: accepted, not stored again.</summary>
    public long Repeated { get; set; }

    /// <summary>Floats, native histograms and exemplars that the store has now: what senders of version 2.0 are told.</summary>
    public long WrittenSamples { get; set; }

    public long WrittenHistograms { get; set; }

    public long WrittenExemplars { get; set; }

    /// <summary>Exemplars that were not stored: older than the newest of their series, too long, or of no series.</summary>
    public long ExemplarsIgnored { get; set; }

    public long Metadata { get; set; }

    /// <summary>Metadata of which a name is longer than any may be.</summary>
    public long MetadataRefused { get; set; }

    /// <summary>
    /// Why the sender has to be refused: the first reason, or <see cref="DiscardReason.StoreFull"/>, which passes, so that
    /// its samples come again. None when everything was taken.
    /// </summary>
    public DiscardReason FirstReason { get; private set; }

    /// <summary>Text of that refusal; null when everything was taken.</summary>
    public string? FirstRefusal { get; private set; }

    public long Discarded(DiscardReason reason) => _discarded[(int)reason];

    public void Discard(DiscardReason reason, long samples, string text)
    {
        _discarded[(int)reason] += samples;
        if (NeedsText(reason))
        {
            FirstReason = reason;
            FirstRefusal = text;
        }
    }

    /// <summary>Whether the text of a further refusal would be what the sender is told.</summary>
    public bool NeedsText(DiscardReason reason) =>
        FirstRefusal is null || (reason == DiscardReason.StoreFull && FirstReason != DiscardReason.StoreFull);

    /// <summary>Counts a refusal whose text would not be read, because another came first.</summary>
    public void Discard(DiscardReason reason, long samples) => _discarded[(int)reason] += samples;
}
