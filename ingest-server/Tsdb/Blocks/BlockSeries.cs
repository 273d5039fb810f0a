namespace AmpEdge.Tsdb;

/// <summary>One series of a block's index as it was read; filled again and again.</summary>
internal sealed class BlockSeries
{
    private uint[] _symbols = new uint[32];
    private ChunkMeta[] _chunks = new ChunkMeta[16];

    public int SymbolCount { get; private set; }

    public int ChunkCount { get; private set; }

    /// <summary>The numbers of names and values in turn.</summary>
    public ReadOnlySpan<uint> Symbols => _symbols.AsSpan(0, SymbolCount);

    /// <summary>In the order of the index.</summary>
    public Span<ChunkMeta> Chunks => _chunks.AsSpan(0, ChunkCount);

    public void Clear()
    {
        SymbolCount = 0;
        ChunkCount = 0;
    }

    public void AddLabel(uint name, uint value)
    {
        if (SymbolCount + 2 > _symbols.Length)
        {
            Array.Resize(ref _symbols, _symbols.Length * 2);
        }

        _symbols[SymbolCount++] = name;
        _symbols[SymbolCount++] = value;
    }

    public void AddChunk(ChunkMeta chunk)
    {
        if (ChunkCount == _chunks.Length)
        {
            Array.Resize(ref _chunks, ChunkCount * 2);
        }

        _chunks[ChunkCount++] = chunk;
    }

    /// <summary>Keeps the first so many chunks, after the wanted ones were moved there.</summary>
    public void KeepChunks(int count) => ChunkCount = count;
}
