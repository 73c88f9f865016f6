using CsCheck;
using EnhancedMta.Retries;

namespace EnhancedMta.Tests.Retries;

public sealed class RetryHintTests
{
    [Theory]
    [InlineData("4.7.1 Greylisted, please try again in 300 seconds", 300)]
    [InlineData("Try again in 5 minutes.", 300)]
    [InlineData("Please retry after 15 minutes", 900)]
    [InlineData("retry after 900", 900)]
    [InlineData("Retry-After: 120", 120)]
    [InlineData("RETRY-AFTER=90s", 90)]
    [InlineData("Service unavailable, come back in 1 hour", 3600)]
    [InlineData("come back in 00:04:52", 292)]
    [InlineData("Temporarily blocked for 10 minutes", 600)]
    [InlineData("Greylisted for 10 minutes", 600)]
    [InlineData("4.7.0 Too much mail. Wait 45 secs", 45)]
    [InlineData("please wait at least 20 min before the next one", 1200)]
    [InlineData("deferred, try later\nin about an hour", 3600)]
    [InlineData("Try again in 2h", 7200)]
    [InlineData("Liste grise, réessayez dans 5 minutes", 300)]
    [InlineData("Veuillez réessayer après 300 secondes", 300)]
    [InlineData("Merci de reessayer d'ici 1 heure", 3600)]
    [InlineData("Patientez 10 minutes", 600)]
    [InlineData("Adresse bloquée temporairement pendant 15 minutes", 900)]
    [InlineData("Nouvelle tentative dans une heure", 3600)]
    [InlineData("try again in 2 seconds", 10)]
    [InlineData("try again in 0 minutes", 10)]
    [InlineData("try again in 3 days", 4 * 3600)]
    [InlineData("try again in 999999 hours", 4 * 3600)]
    [InlineData("retry after 99:59:59", 4 * 3600)]
    public void A_delay_that_a_reply_names_is_read_within_bounds(string text, int seconds)
    {
        Assert.True(RetryHint.TryRead(text, out var delay));
        Assert.Equal(TimeSpan.FromSeconds(seconds), delay);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4.2.0 Please try again later")]
    [InlineData("4.7.28 You have sent more than 100 messages in 1 hour")]
    [InlineData("Try again later: limit of 100 messages in 1 hour exceeded")]
    [InlineData("4.2.2 The mailbox is over quota, retention is 30 days")]
    [InlineData("Your IP 192.0.2.5 is listed, see https://list.example/retry?after=5")]
    [InlineData("Message received in 5 seconds")]
    [InlineData("451 4.3.0 Error 30 minutes")]
    public void Other_numbers_are_no_delay(string text)
    {
        Assert.False(RetryHint.TryRead(text, out var delay));
        Assert.Equal(TimeSpan.Zero, delay);
    }

    [Fact]
    public void Any_text_is_read_without_failing_and_within_bounds() =>
        Gen.OneOf(Gen.String, Gen.OneOf("try again ", "in ", "retry after ", "99999", " minutes", ":", "00", "1", " h", "dans ", "une ", "wait ").Array[0, 12].Select(string.Concat))
            .Sample(text =>
            {
                if (RetryHint.TryRead(text, out var delay))
                    Assert.InRange(delay, RetryHint.Shortest, RetryHint.Longest);
            });
}
