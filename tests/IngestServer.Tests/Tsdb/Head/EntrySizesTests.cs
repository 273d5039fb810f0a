using System.Runtime.CompilerServices;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Head;

/// <summary>What the head says that it holds is added up from these sizes.</summary>
public sealed class EntrySizesTests
{
    [Fact]
    public void Entries_of_the_slabs_take_what_they_say()
    {
        Assert.Equal(SeriesEntry.Bytes, Unsafe.SizeOf<SeriesEntry>());
        Assert.Equal(ClosedChunk.Bytes, Unsafe.SizeOf<ClosedChunk>());
        Assert.Equal(SideEntry.Bytes, Unsafe.SizeOf<SideEntry>());
        Assert.Equal(20, Unsafe.SizeOf<KeyEntry>());
    }
}
