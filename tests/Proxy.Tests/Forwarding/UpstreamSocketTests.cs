using System.Net;
using System.Net.Sockets;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>A caller's request does not take the descriptors that the proxy itself needs.</summary>
public sealed class UpstreamSocketTests : IDisposable
{
    private const int Limit = 1000;

    private readonly ManualTime _time = new();
    private readonly TcpListener _upstream = new(IPAddress.Loopback, 0);
    private readonly FileDescriptors _descriptors;
    private int _open = Limit - FileDescriptors.SpareForUpkeep;

    public UpstreamSocketTests()
    {
        _upstream.Start();
        _descriptors = new FileDescriptors(Limit, () => _open, _time);
    }

    public void Dispose() => _upstream.Dispose();

    [Fact]
    public async Task It_waits_for_a_descriptor_and_then_connects()
    {
        Task<Stream> opening = OpenAsync();
        Assert.False(opening.IsCompleted);
        _open--;
        _time.AdvanceToNextTimer();
        await using Stream stream = await opening;
        Assert.True(stream.CanWrite);
    }

    [Fact]
    public async Task Half_of_the_time_to_connect_without_one_is_an_error_that_says_what_to_do()
    {
        long started = _time.GetTimestamp();
        Task<Stream> opening = OpenAsync();
        while (!opening.IsCompleted)
        {
            _time.AdvanceToNextTimer(TimeSpan.FromSeconds(5.1));
        }

        IOException error = await Assert.ThrowsAsync<IOException>(() => opening);
        Assert.Equal(
            "too few file descriptors are left of 1000 for a connection: raise the limit (ulimit -n) or have fewer callers", error.Message);
        Assert.Equal(5, _time.GetElapsedTime(started).TotalSeconds, 0.1);
    }

    [Fact]
    public async Task A_caller_that_goes_ends_the_wait()
    {
        using CancellationTokenSource gone = new();
        Task<Stream> opening = OpenAsync(gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
    }

    private Task<Stream> OpenAsync(CancellationToken cancel = default) => UpstreamSocket.OpenAsync(
        new DnsEndPoint("127.0.0.1", ((IPEndPoint)_upstream.LocalEndpoint).Port), _descriptors, TimeSpan.FromSeconds(10), _time, cancel)
        .AsTask();
}
