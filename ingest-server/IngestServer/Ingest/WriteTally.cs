namespace AmpEdge.IngestServer.Ingest;

/// <summary>What became of one request: counts by outcome and the first refusal, which is all that a sender is told.</summary>
internal sealed class WriteTally
{
    private readonly long[] _discarded = new long[DiscardReasons.Count];

    public long Samples { get; set; }

    /// <summary>Samples that were there already with the same value: accepted, not stored again.</summary>
    public long Repeated { get; set; }

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
