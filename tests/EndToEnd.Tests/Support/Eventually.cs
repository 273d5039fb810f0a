using System.Diagnostics;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Waits for what real programs do in their own time.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Asks until the answer is true; fails with <paramref name="failure"/> when time is over.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> failure, TimeSpan? timeout = null)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            if (elapsed > (timeout ?? DefaultTimeout))
            {
                Assert.Fail($"after {elapsed.TotalSeconds:F0} s: {failure()}");
            }

            await Task.Delay(s_interval, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
