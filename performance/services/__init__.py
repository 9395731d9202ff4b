"""What somebody does with results: assess, publish, acknowledge, object, answer; and with the rules of judging."""
