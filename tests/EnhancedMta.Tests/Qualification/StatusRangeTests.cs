using EnhancedMta.BounceRules;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using static EnhancedMta.Qualification.FailureType;

namespace EnhancedMta.Tests.Qualification;

/// <summary>What holds for all codes and statuses there are.</summary>
public sealed class StatusRangeTests
{
    [Fact]
    public void No_policy_status_is_ever_hard_whatever_the_command()
    {
        for (var detail = 0; detail < 1000; detail++)
        {
            foreach (var command in Enum.GetValues<SmtpCommand>())
                Assert.NotEqual(Hard, Qualify(550, $"5.7.{detail} Sorry", command).Type);
        }
    }

    [Fact]
    public void Hard_is_always_final_and_nothing_transient_is()
    {
        for (var code = 400; code < 600; code++)
        {
            for (var subject = 0; subject < 9; subject++)
            {
                for (var detail = 0; detail < 35; detail++)
                {
                    foreach (var command in new[] { SmtpCommand.MailFrom, SmtpCommand.RcptTo, SmtpCommand.EndOfData, SmtpCommand.Unknown })
                    {
                        var verdict = Qualify(code, $"{code / 100}.{subject}.{detail} x", command);
                        Assert.True(verdict.Type != Hard || verdict.Final);
                        Assert.True(code >= 500 || (verdict.Type != Hard && !verdict.Final));
                        Assert.True(verdict.Type != Hard || verdict.Code is < BounceCode.MailBlock or > BounceCode.RelayingDenied);
                    }
                }
            }
        }
    }

    private static Verdict Qualify(int code, string text, SmtpCommand command) =>
        RuleFile.BuiltIn.Decide(new SmtpReply(code, EnhancedStatusCode.TryParse(text, out var status) ? status : null, text, command), null);
}
